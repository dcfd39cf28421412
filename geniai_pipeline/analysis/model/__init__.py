"""The local model: one calibrated judgement of role, visit, outcome, score and next actor.

`features` reads what the rules (`analysis.state`) and the words of an episode tell; `combinations`
has what the rubric allows; `model` weighs the one to choose among the other. `weights.json` is
written by `training.train`. `analysis.judgement` settles the state by it.
"""

from geniai_pipeline.analysis.model.model import compute_model_version

__all__ = ["compute_model_version"]
