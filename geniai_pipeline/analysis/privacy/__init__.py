"""Pseudonymizes a conversation before it leaves the machine.

Personal data become placeholders such as `[NOME_1]`, one for each spelling, so that a quote can be
restored to the contact's exact words. docs/security.md says what is hidden and what is not.
"""

from geniai_pipeline.analysis.privacy.mask import Mask, cut, has_placeholder

__all__ = ["Mask", "cut", "has_placeholder"]
