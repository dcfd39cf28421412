"""File permissions of the data folder: its owner alone has access."""

from pathlib import Path

import pytest

from geniai_pipeline.files import find_exposed_files, make_private, open_private_file
from geniai_pipeline_tests.support.files import read_mode


@pytest.mark.usefixtures("open_umask")
def test_the_data_folder_and_its_files_are_private(tmp_path: Path) -> None:
    home = tmp_path / "home"
    (home / "reports").mkdir(parents=True)
    (home / "lock").touch()
    home.chmod(0o755)

    make_private(home)

    assert [read_mode(home), read_mode(home / "reports"), read_mode(home / "lock")] == [
        0o711,
        0o700,
        0o600,
    ]
    assert find_exposed_files(tmp_path / "new") == []
    make_private(tmp_path / "new")
    assert read_mode(tmp_path / "new") == 0o700


@pytest.mark.usefixtures("open_umask")
def test_rewriting_a_public_file_makes_it_private(tmp_path: Path) -> None:
    (tmp_path / "letter.eml").touch(0o666)
    with open_private_file(tmp_path / "letter.eml") as file:
        file.write(b"x")

    assert read_mode(tmp_path / "letter.eml") == 0o600
