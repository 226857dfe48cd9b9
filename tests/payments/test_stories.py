"""Stories over months through the real operations: the published ones, and those written here."""

from __future__ import annotations

from pathlib import Path

import pytest

from lxbt.cases.replay import Played, play, read_story
from lxbt.cases.situations import load_yaml
from lxbt.core.reading import Unreadable

pytestmark = pytest.mark.django_db
FOLDER = Path(__file__).parent.parent / "cases" / "replay"
STORIES = [pytest.param(load_yaml(path), id=path.stem) for path in sorted(FOLDER.glob("*.yaml"))]
STORIES += [
    pytest.param({k: v for k, v in told.items() if k != "name"}, id=told["name"])
    for told in load_yaml(FOLDER.parent / "stories.yaml")
]  # type: ignore[attr-defined]


def wrong(played: Played) -> list[str]:
    told = [f"{draw.day} draw {draw.month}: {draw.pairs()}" for draw in played.draws if draw.differs()]
    return told + [f"{look.day}: {look.claims} <> {look.wanted}" for look in played.claims if look.differs()]


@pytest.mark.parametrize("story", STORIES)
def test_a_story_has_its_draws(story: object) -> None:
    assert wrong(play(*read_story(story))) == []


def test_a_story_leaves_nothing_behind() -> None:
    from lxbt.registry.models import Person

    play(*read_story(load_yaml(FOLDER / "failed-account.yaml")))
    assert not Person.objects.exists()


def test_a_step_of_an_unknown_act_is_named() -> None:
    with pytest.raises(Unreadable, match=r"steps\[0\]"):
        read_story({"scheme": {}, "steps": [{"day": "2026-01-01", "dance": 1}]})
