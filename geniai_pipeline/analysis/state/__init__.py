"""The state of an episode by rules: who must act next, the visit, the role, the outcome.

`moves/*.ini` has the phrases, in the language of `local.matcher`; `turns` reads what each message
does; `next_actor`, `visits` (with `instants` and `negotiations`), `roles`, `outcomes` and
`opt_outs` judge one matter each from the turns; `episode` puts them together. The rubric is
`docs/labelling.md`.
"""

from geniai_pipeline.analysis.state.episode import EpisodeState, StateReader, compute_version
from geniai_pipeline.analysis.state.roles import LEAD_ROLES

__all__ = ["LEAD_ROLES", "EpisodeState", "StateReader", "compute_version"]
