"""The closed sets of interviews in words, for lists to choose from and for exports."""

from __future__ import annotations

from qualcoder.core.messages import N_
from qualcoder.interviews.models import Category, InterviewKind, LinkType, Mode

CATEGORY_LABELS = {
    Category.CANDIDATE_WINNER: N_("Candidate who won"),
    Category.CANDIDATE_LOSER: N_("Candidate who lost"),
    Category.TEC: N_("Official of a territorial commission (TEC)"),
    Category.PEC: N_("Official of a precinct commission (PEC)"),
    Category.CEC: N_("Official of the central commission (CEC)"),
    Category.VOTER: N_("Voter"),
    Category.OBSERVER: N_("Observer of an organisation"),
    Category.RESEARCHER: N_("Researcher"),
    Category.OTHER: N_("Other"),
}
KIND_LABELS = {
    InterviewKind.INDIVIDUAL: N_("One respondent"),
    InterviewKind.FOCUS_GROUP: N_("Focus group"),
}
MODE_LABELS = {
    Mode.IN_PERSON: N_("In person"),
    Mode.PHONE: N_("By telephone"),
    Mode.ONLINE: N_("Online"),
    Mode.WRITTEN: N_("In writing"),
}
LINK_LABELS = {
    LinkType.ABOUT: N_("speaks about the race"),
    LinkType.CANDIDATE: N_("was a candidate in it"),
    LinkType.OFFICIAL: N_("was an official in it"),
    LinkType.VOTER: N_("was a voter in it"),
    LinkType.OBSERVER: N_("observed it"),
}
