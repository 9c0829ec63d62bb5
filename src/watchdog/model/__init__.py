"""The nouns: frozen values without behaviour beyond their invariants. Import them from the module of their noun."""
