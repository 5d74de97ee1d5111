"""Who may do what: one table. Pages, API and command line ask nothing else."""

from __future__ import annotations

from enum import StrEnum

from qualcoder.accounts.models import Role


class Act(StrEnum):
    """What a person asks to do in a study."""

    SEE_STUDY = "see_study"
    SET_POLICY = "set_policy"
    SEE_PEOPLE = "see_people"
    MANAGE_PEOPLE = "manage_people"
    SEE_AUDIT = "see_audit"
    SEE_RACES = "see_races"
    IMPORT_RACES = "import_races"
    SEE_CODEBOOK = "see_codebook"
    EDIT_CODEBOOK = "edit_codebook"
    PROPOSE_CODE = "propose_code"
    UPLOAD = "upload"
    LIST_TRANSCRIPTS = "list_transcripts"
    REVIEW = "review"
    SEE_REGISTRY = "see_registry"
    EDIT_REGISTRY = "edit_registry"
    ASSIGN = "assign"
    SEE_INTERVIEW = "see_interview"
    LINK = "link"
    RECORD_CONSENT = "record_consent"
    READ_TEXT = "read_text"
    CODE = "code"
    FLAG = "flag"
    DECIDE_FLAGS = "decide_flags"
    MASK = "mask"
    SEE_MATRIX = "see_matrix"
    EXPORT = "export"
    SEE_JOBS = "see_jobs"


_ALL = frozenset(Role)
_PI = frozenset({Role.PI})
_FIELD = frozenset({Role.PI, Role.RESEARCHER})
_READERS = frozenset({Role.PI, Role.RESEARCHER, Role.CODER})

# A researcher acts on own uploads and a coder on assigned transcripts: `transcripts.access` adds that.
TABLE: dict[Act, frozenset[Role]] = {
    Act.SEE_STUDY: _ALL,
    Act.SET_POLICY: _PI,
    Act.SEE_PEOPLE: frozenset({Role.ADMIN, Role.PI}),
    Act.MANAGE_PEOPLE: frozenset({Role.ADMIN, Role.PI}),
    Act.SEE_AUDIT: frozenset({Role.ADMIN, Role.PI}),
    Act.SEE_RACES: _ALL,
    Act.IMPORT_RACES: _FIELD,
    Act.SEE_CODEBOOK: frozenset({Role.PI, Role.RESEARCHER, Role.CODER, Role.OBSERVER}),
    Act.EDIT_CODEBOOK: _PI,
    Act.PROPOSE_CODE: _READERS,
    Act.UPLOAD: _FIELD,
    Act.LIST_TRANSCRIPTS: _READERS,
    Act.REVIEW: _FIELD,
    # A researcher sees entries of own uploads, and changes those that stand nowhere else: `transcripts.registry`.
    Act.SEE_REGISTRY: _FIELD,
    Act.EDIT_REGISTRY: _FIELD,
    Act.ASSIGN: _FIELD,
    Act.SEE_INTERVIEW: _FIELD,
    Act.LINK: _FIELD,
    Act.RECORD_CONSENT: _FIELD,
    Act.READ_TEXT: _READERS,
    Act.CODE: _READERS,
    Act.FLAG: _READERS,
    # A researcher decides on flags in own uploads: `transcripts.flagged`.
    Act.DECIDE_FLAGS: _FIELD,
    # A name is masked in everybody's interviews, and it can't be undone.
    Act.MASK: _PI,
    # Figures by race leave for the PI only until the disclosure gate exists.
    Act.SEE_MATRIX: _PI,
    Act.EXPORT: _PI,
    Act.SEE_JOBS: _FIELD,
}


def allows(role: Role, act: Act) -> bool:
    """Whether a role may do an act at all."""
    return role in TABLE[act]
