"""Why a stretch was proposed, in words for the reviewer; shared by the three languages."""

from __future__ import annotations

from qualcoder.core.messages import N_

INTRODUCED = N_("A name after words that introduce a person")
TITLE = N_("A name beside a title or a word for kin")
PATRONYMIC = N_("A patronymic")
SURNAME = N_("A word with the ending of a surname")
INITIALS = N_("Initials and a surname")
VILLAGE = N_("A name beside a word for a village")
DISTRICT = N_("A name beside a word for a district or oblast")
ORG = N_("An organisation by name or number")
ROLE = N_("A post that few people hold")
SEEN_ELSEWHERE = N_("A form of a name found elsewhere in this transcript")
LOOKS_LIKE_NAME = N_("It looks like a name")
MAYBE_NAME = N_("It may be a name; nobody is sure")
PUBLIC_FIGURE = N_("A public figure or a national party: usually kept")
