"""Pages of held months and of areas that change: who sees them, and what a press does."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from lxbt.accounts.models import User
from lxbt.core.clock import Now
from lxbt.core.months import Month
from lxbt.entitlements.models import Hold
from lxbt.entitlements.operations.holding import NewRight, hold_rights
from lxbt.proposals.models import Proposal
from tests import factories as f

pytestmark = pytest.mark.django_db


def test_held_months_are_shown_with_their_sums_and_asked_for(logged_in: Callable[[User], Client]) -> None:
    f.load_places()
    f.usual_standards()
    someone = f.recipient("甲", division=f.TOWNSHIP)
    month = Month.of(Now.read().on)
    rights = [NewRight(someone.pk, "living", month.back(3), f.COUNTY)]
    hold_rights(rights, import_id=7, pays_from=month, confirmed=True)
    officer = logged_in(f.account("payment_officer", f.COUNTY))
    page = officer.get(reverse("held")).content.decode()
    assert "往月补发" in page
    assert "由导入第 7 号" in page
    told = {"import": "7", "payer": f.COUNTY, "why": "arrears", "reason": "县里确未发过"}
    assert officer.post(reverse("held_ask"), told | {"import": "²"}).status_code == 404
    assert officer.post(reverse("held_ask"), told | {"payer": f.OTHER_COUNTY}).status_code == 404
    assert officer.post(reverse("held_ask"), told).status_code == 302
    assert Proposal.objects.get(kind="entitlements.release").subject_id == 7
    assert Hold.objects.filter(released_on__isnull=True).count() == 1
    assert "已提出发放" in officer.get(reverse("held")).content.decode()


def test_only_an_administrator_of_the_area_may_ask_for_its_change(logged_in: Callable[[User], Client]) -> None:
    f.load_places()
    admin = logged_in(f.account("administrator", f.OTHER_COUNTY))
    url = reverse("division", args=[f.OTHER_COUNTY])
    page = admin.get(url, {"act": "merge", "into": f.COUNTY}).content.decode()
    assert "在册的人" in page
    told = {"act": "merge", "into": f.COUNTY, "reason": "省政府批复"}
    assert admin.post(reverse("division", args=[f.COUNTY]), told).status_code == 404
    assert admin.post(url, told).status_code == 302
    assert Proposal.objects.get(kind="divisions.change").division_code == f.OTHER_COUNTY
    other = logged_in(f.account("supervisor", f.OTHER_COUNTY))
    assert "区划调整" not in other.get(url).content.decode()
    assert other.post(url, told).status_code == 404
