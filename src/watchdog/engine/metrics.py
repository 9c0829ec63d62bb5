"""The numbers that monitoring asks for, in the names and units of Prometheus; docs/metrics.md explains each.

Labels are ids that we choose ourselves (steps, outcomes, status types, channels) and ids of sources: never a case, a
name or a target. Counters begin at zero with every start. The only importer of prometheus_client.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import prometheus_client
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector

from watchdog import __version__
from watchdog.engine.steps import STEPS
from watchdog.model.delivery import Channel
from watchdog.model.status import Status
from watchdog.pipeline.context import Summary
from watchdog.pipeline.judge import Judged
from watchdog.pipeline.poll import Polled
from watchdog.pipeline.read import Read
from watchdog.pipeline.send import OUTCOMES, Delivered
from watchdog.store.health import Waiting
from watchdog.store.judgements import ALERTING

CONTENT_TYPE = prometheus_client.CONTENT_TYPE_LATEST

#: A tick with nothing to do takes milliseconds, one with slow hosts as long as they do.
_SECONDS = (0.005, 0.02, 0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 120)


class Metrics:
    """All numbers of one service."""

    def __init__(self) -> None:
        """Every series that is known beforehand begins at zero, so that its first increase is seen as one."""
        prometheus_client.disable_created_metrics()  # type: ignore[no-untyped-call]  # its types have gaps
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self._polls = self._counter("watchdog_polls", "Sources asked.", "outcome")
        self._articles = self._counter("watchdog_articles_new", "Articles that were not known before.")
        self._revisions = self._counter("watchdog_revisions", "Texts stored to be judged.", "text_from")
        self._alerts = self._counter("watchdog_alerts", "Alerts and corrections decided.", "status")
        self._deliveries = self._counter("watchdog_deliveries", "Tries to deliver a message.", "channel", "outcome")
        self._errors = self._counter("watchdog_step_errors", "Ticks that broke, and rows whose work did.", "step")
        self._seconds = Histogram(
            "watchdog_step_duration_seconds", "One tick.", ["step"], buckets=_SECONDS, registry=self.registry
        )
        self._depth = self._gauge("watchdog_queue_depth", "Rows that are due.", "step")
        self._age = self._gauge("watchdog_queue_oldest_age_seconds", "Since the longest waiting row came due.", "step")
        self._stuck = self._gauge("watchdog_stuck", "Rows set aside after three failures.", "step")
        self._success = self._gauge(
            "watchdog_source_last_success_timestamp_seconds", "When a source last answered.", "source"
        )
        self._gauge("watchdog_build_info", "Always 1.", "version").labels(__version__).set(1)
        for outcome in ("answered", "refused", "broken"):
            self._polls.labels(outcome)
        for text_from in ("page", "feed"):
            self._revisions.labels(text_from)
        for status in Status:
            self._alerts.labels(status.value)
        for channel in Channel:
            for outcome in OUTCOMES:
                self._deliveries.labels(channel.value, outcome)
        for name, _, _ in STEPS:
            self._errors.labels(name)
            self._seconds.labels(name)

    def _counter(self, name: str, text: str, *labels: str) -> Counter:
        return Counter(name, text, labels, registry=self.registry)

    def _gauge(self, name: str, text: str, *labels: str) -> Gauge:
        return Gauge(name, text, labels, registry=self.registry)

    def note_tick(self, step: str, summary: Summary, took_s: float) -> None:
        """Count what one tick did."""
        self._seconds.labels(step).observe(took_s)
        self._errors.labels(step).inc(summary.failed)
        match summary:
            case Polled():
                self._polls.labels("refused").inc(len(summary.refused))
                self._polls.labels("broken").inc(summary.failed)
                self._polls.labels("answered").inc(summary.taken - len(summary.refused) - summary.failed)
                self._articles.inc(summary.new)
            case Read():
                self._revisions.labels("page").inc(summary.revisions - summary.from_feed)
                self._revisions.labels("feed").inc(summary.from_feed)
            case Judged():
                for told in summary.told:
                    if told.written.decision.outcome in ALERTING:
                        self._alerts.labels(told.written.alert.status.value).inc()
            case Delivered():
                for channel, outcome in summary.outcomes:
                    self._deliveries.labels(channel.value, outcome).inc()
            case _:
                pass

    def note_error(self, step: str) -> None:
        """Count a tick that broke as a whole."""
        self._errors.labels(step).inc()

    def page(
        self,
        waiting: Mapping[str, Waiting],
        stuck: Mapping[str, int],
        successes: Mapping[str, datetime],
    ) -> bytes:
        """Everything in the text format, with what the database says now."""
        for step, queue in waiting.items():
            self._depth.labels(step).set(queue.depth)
            self._age.labels(step).set(queue.oldest.total_seconds())
        for step, number in stuck.items():
            self._stuck.labels(step).set(number)
        self._success.clear()
        for source, moment in successes.items():
            self._success.labels(source).set(moment.timestamp())
        return prometheus_client.generate_latest(self.registry)
