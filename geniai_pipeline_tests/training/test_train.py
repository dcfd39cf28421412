"""What training fits is what the analyzer computes."""

import json

import numpy as np
import pytest

from geniai_pipeline.analysis.files import parse_record
from geniai_pipeline.analysis.model.combinations import ACTORS, COMBINATIONS
from geniai_pipeline.analysis.model.features import read_course, read_parts
from geniai_pipeline.analysis.model.model import Model
from geniai_pipeline.analysis.state import StateReader
from training.dialogues import FOLDER, read_dialogues
from training.train import read_samples, train, write_weights

FILES = {author: FOLDER / f"author_{author}.jsonl" for author in ("h", "j")}


def test_the_model_estimates_what_was_fitted() -> None:
    samples = read_samples(FILES)
    fits = train(samples)
    model = Model(json.loads(write_weights(samples, fits, doubt=0.8)))
    leads = np.array([combination.is_lead for combination in COMBINATIONS])
    reader, row = StateReader(), 0
    for path in FILES.values():
        for dialogue in read_dialogues(path):
            conversation = parse_record(dialogue)
            turns = reader.read_turns(conversation)
            state = reader.judge(conversation, turns)
            course = read_course(conversation, turns, state)
            parts = read_parts(conversation, turns, state, course)
            estimate = model.estimate(parts, has_instant=True)
            combinations, actors = (fit.predict(samples.features[row])[0] for fit in fits)
            assert estimate.lead_probability == pytest.approx(combinations[leads].sum(), abs=0.02)
            if np.sort(actors)[-2:] @ [-1, 1] > 0.02:
                assert estimate.next_actor == ACTORS[actors.argmax()]
            row += 1
