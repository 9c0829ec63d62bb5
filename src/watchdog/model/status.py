"""The status table: what can happen to a case, on seven parallel tracks.

Docs, the API and every decision read this one table. Definitions and tracks follow ``docs/design.md`` section 7; the
types are those of the HURIDOCS micro-thesauri, RSF's barometer and PLOVER, merged.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Track(StrEnum):
    """One dimension of a case; a case is somewhere on each of them at once."""

    LIBERTY = "liberty"
    CUSTODY = "custody"
    PROCEDURE = "procedure"
    HEALTH = "health"
    MOVEMENT = "movement"
    SECURITY = "security"
    LIFE = "life"


class Status(StrEnum):
    """A type of status event."""

    ABDUCTED_DISAPPEARED = "abducted_disappeared"
    LOCATED = "located"
    DETAINED = "detained"
    REMANDED = "remanded"
    HOUSE_ARREST = "house_arrest"
    RELEASED_CONDITIONALLY = "released_conditionally"
    RELEASED = "released"
    TRANSFERRED = "transferred"
    SOLITARY_CONFINEMENT = "solitary_confinement"
    ILL_TREATED = "ill_treated"
    CHARGED = "charged"
    CHARGES_DROPPED = "charges_dropped"
    TRIAL_OPENED = "trial_opened"
    CONVICTED = "convicted"
    SENTENCED = "sentenced"
    SENTENCE_UPHELD = "sentence_upheld"
    SENTENCE_CHANGED = "sentence_changed"
    VERDICT_OVERTURNED = "verdict_overturned"
    ACQUITTED = "acquitted"
    PARDONED = "pardoned"
    HUNGER_STRIKE_BEGAN = "hunger_strike_began"
    HUNGER_STRIKE_ENDED = "hunger_strike_ended"
    HOSPITALISED = "hospitalised"
    HEALTH_CRITICAL = "health_critical"
    TRAVEL_BAN_IMPOSED = "travel_ban_imposed"
    TRAVEL_BAN_LIFTED = "travel_ban_lifted"
    DEPORTED_OR_EXTRADITED = "deported_or_extradited"
    EXILED = "exiled"
    WANTED = "wanted"
    THREATENED = "threatened"
    ATTACKED = "attacked"
    DIED = "died"


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusType:
    """One row of the status table."""

    status: Status
    track: Track
    #: What it is called in English, after a name and a colon: true of one person, several, or an organisation. The
    #: packs hold the labels of other languages.
    label: str
    definition: str
    #: Types of the same track after which this one is a contradiction, until one of their ``closed_by`` follows; it
    #: lowers confidence by one band. A track of which we know nothing contradicts nothing.
    contradicts: frozenset[Status] = frozenset()
    #: Types that end the state which this one began, so that it may happen again as a new event; on any track, because
    #: a release also ends what can only happen in custody.
    closed_by: frozenset[Status] = frozenset()
    #: More general types that the same text may state in other words; where both are claimed of one change, this wins.
    more_specific_than: frozenset[Status] = frozenset()
    #: A death, release or disappearance is never dropped in silence.
    critical: bool = False
    #: Alerts even on a retired case.
    reopens: bool = False


_S = Status
_HELD = frozenset({_S.DETAINED, _S.REMANDED, _S.LOCATED, _S.ABDUCTED_DISAPPEARED})
_OUT = frozenset({_S.RELEASED, _S.RELEASED_CONDITIONALLY})
_ENDED = frozenset({_S.CHARGES_DROPPED, _S.ACQUITTED})

#: Types after which a person is in custody, so that a later release is expected and not a contradiction.
IMPLIES_CUSTODY: frozenset[Status] = _HELD | {_S.SENTENCED, _S.TRANSFERRED, _S.SOLITARY_CONFINEMENT, _S.ILL_TREATED}


def _types() -> tuple[StatusType, ...]:
    def row(
        status: Status,
        track: Track,
        label: str,
        definition: str,
        *,
        contradicts: frozenset[Status] = frozenset(),
        closed_by: frozenset[Status] = frozenset(),
        over: frozenset[Status] = frozenset(),
        critical: bool = False,
        reopens: bool = False,
    ) -> StatusType:
        return StatusType(
            status=status,
            track=track,
            label=label,
            definition=definition,
            contradicts=contradicts,
            closed_by=closed_by,
            more_specific_than=over,
            critical=critical,
            reopens=reopens,
        )

    liberty, custody, procedure = Track.LIBERTY, Track.CUSTODY, Track.PROCEDURE
    health, movement, security = Track.HEALTH, Track.MOVEMENT, Track.SECURITY
    some = frozenset
    return (
        row(
            _S.ABDUCTED_DISAPPEARED,
            liberty,
            "abducted or disappeared",
            "taken and not acknowledged, or whereabouts unknown",
            closed_by=_OUT | {_S.LOCATED, _S.DETAINED, _S.REMANDED},
            over=some({_S.DETAINED}),
            critical=True,
            reopens=True,
        ),
        row(
            _S.LOCATED,
            liberty,
            "found after a disappearance, still held",
            "found after a disappearance, still held",
            contradicts=_OUT,
            closed_by=_OUT | {_S.ABDUCTED_DISAPPEARED},
            over=some({_S.DETAINED}),
        ),
        row(
            _S.DETAINED,
            liberty,
            "detained",
            "taken into custody or arrested, if only for hours",
            closed_by=_OUT | {_S.HOUSE_ARREST},
            reopens=True,
        ),
        row(
            _S.REMANDED,
            liberty,
            "remanded in custody, or custody extended",
            "a court orders, extends or restores pre-trial custody",
            contradicts=some({_S.RELEASED}),
            closed_by=_OUT | {_S.HOUSE_ARREST},
            over=some({_S.DETAINED}),
            reopens=True,
        ),
        row(
            _S.HOUSE_ARREST,
            liberty,
            "put under house arrest",
            "confined to a home by order",
            closed_by=_OUT | _HELD,
            over=_OUT | {_S.DETAINED, _S.TRANSFERRED},
        ),
        row(
            _S.RELEASED_CONDITIONALLY,
            liberty,
            "released on conditions",
            "out on bail, parole, furlough, undertaking, tag or suspended term",
            contradicts=some({_S.RELEASED}),
            closed_by=IMPLIES_CUSTODY | {_S.HOUSE_ARREST},
            over=some({_S.RELEASED}),
            critical=True,
        ),
        row(
            _S.RELEASED,
            liberty,
            "released",
            "out of custody, no condition stated",
            contradicts=some({_S.RELEASED}),
            closed_by=IMPLIES_CUSTODY | {_S.HOUSE_ARREST},
            critical=True,
        ),
        row(_S.TRANSFERRED, custody, "moved to another prison", "moved to another prison or colony", closed_by=_OUT),
        row(
            _S.SOLITARY_CONFINEMENT,
            custody,
            "put in solitary confinement",
            "put in solitary or punishment confinement",
            closed_by=_OUT | {_S.TRANSFERRED},
            over=some({_S.TRANSFERRED}),
        ),
        row(
            _S.ILL_TREATED,
            custody,
            "ill-treated in custody",
            "beaten, tortured or otherwise ill-treated in custody",
            closed_by=_OUT,
            over=some({_S.ATTACKED}),
        ),
        row(
            _S.CHARGED,
            procedure,
            "charged",
            "formal charge, indictment or notice of suspicion; each count is an event",
            closed_by=_ENDED,
            reopens=True,
        ),
        row(
            _S.CHARGES_DROPPED,
            procedure,
            "charges dropped",
            "charges withdrawn or a case closed",
            closed_by=some({_S.CHARGED}),
        ),
        row(
            _S.TRIAL_OPENED,
            procedure,
            "trial began",
            "a trial began",
            contradicts=some({_S.SENTENCED}),
            closed_by=_ENDED | {_S.VERDICT_OVERTURNED, _S.CHARGED},
        ),
        row(
            _S.CONVICTED,
            procedure,
            "found guilty",
            "found guilty, no term yet",
            contradicts=_ENDED,
            closed_by=_ENDED | {_S.VERDICT_OVERTURNED, _S.CHARGED},
        ),
        row(
            _S.SENTENCED,
            procedure,
            "sentenced",
            "a term, fine or suspended term was imposed, in absentia too",
            contradicts=_ENDED,
            closed_by=_ENDED | {_S.VERDICT_OVERTURNED, _S.CHARGED, _S.TRIAL_OPENED},
            over=some({_S.CONVICTED}),
        ),
        row(
            _S.SENTENCE_UPHELD,
            procedure,
            "sentence upheld",
            "a higher court left verdict and sentence standing",
            contradicts=_ENDED | {_S.VERDICT_OVERTURNED},
            closed_by=_ENDED | {_S.VERDICT_OVERTURNED, _S.SENTENCED},
            over=some({_S.SENTENCED, _S.CONVICTED}),
        ),
        row(
            _S.SENTENCE_CHANGED,
            procedure,
            "sentence changed",
            "a sentence was reduced, increased or commuted",
            contradicts=_ENDED | {_S.VERDICT_OVERTURNED},
            closed_by=_ENDED | {_S.VERDICT_OVERTURNED, _S.SENTENCED},
            over=some({_S.SENTENCED, _S.CONVICTED, _S.SENTENCE_UPHELD}),
        ),
        row(
            _S.VERDICT_OVERTURNED,
            procedure,
            "verdict overturned",
            "a verdict was quashed, a retrial ordered, or an acquittal set aside",
            closed_by=some({_S.CONVICTED, _S.SENTENCED, _S.SENTENCE_UPHELD, _S.ACQUITTED}),
            over=some({_S.CONVICTED}),
            reopens=True,
        ),
        row(
            _S.ACQUITTED,
            procedure,
            "acquitted",
            "found not guilty",
            closed_by=some({_S.CHARGED, _S.VERDICT_OVERTURNED}),
        ),
        row(
            _S.PARDONED,
            procedure,
            "pardoned, not known to be out yet",
            "an act of grace was signed; not out yet",
            contradicts=_ENDED,
            closed_by=some({_S.CHARGED, _S.SENTENCED}),
        ),
        row(
            _S.HUNGER_STRIKE_BEGAN,
            health,
            "began a hunger strike",
            "refuses food in protest",
            closed_by=some({_S.HUNGER_STRIKE_ENDED}),
        ),
        row(
            _S.HUNGER_STRIKE_ENDED,
            health,
            "ended or suspended a hunger strike",
            "ended or suspended a hunger strike",
            closed_by=some({_S.HUNGER_STRIKE_BEGAN}),
        ),
        row(
            _S.HOSPITALISED,
            health,
            "taken to hospital or a medical unit",
            "taken to a hospital or prison medical unit",
            over=some({_S.TRANSFERRED}),
        ),
        row(
            _S.HEALTH_CRITICAL,
            health,
            "in critical condition",
            "life in danger, intensive care, or condition called critical",
        ),
        row(
            _S.TRAVEL_BAN_IMPOSED,
            movement,
            "banned from travelling",
            "forbidden to leave the country or a place",
            closed_by=some({_S.TRAVEL_BAN_LIFTED}),
        ),
        row(
            _S.TRAVEL_BAN_LIFTED,
            movement,
            "travel ban lifted",
            "a ban on leaving was lifted",
            closed_by=some({_S.TRAVEL_BAN_IMPOSED}),
        ),
        row(_S.DEPORTED_OR_EXTRADITED, movement, "deported or extradited", "removed to another country"),
        row(_S.EXILED, movement, "went into exile", "left under pressure and cannot return"),
        row(
            _S.WANTED,
            movement,
            "put on a wanted list, or arrested in absentia",
            "put on a wanted list, or arrested in absentia",
            closed_by=some({_S.DETAINED, _S.CHARGES_DROPPED}),
            over=some({_S.DETAINED, _S.REMANDED}),
            reopens=True,
        ),
        row(_S.THREATENED, security, "threatened", "threatened outside custody", reopens=True),
        row(_S.ATTACKED, security, "attacked", "attacked outside custody", reopens=True),
        row(_S.DIED, Track.LIFE, "died", "died, was killed or executed", critical=True, reopens=True),
    )


#: Every type, in the order of the tracks.
STATUS_TYPES: Mapping[Status, StatusType] = MappingProxyType({row.status: row for row in _types()})
