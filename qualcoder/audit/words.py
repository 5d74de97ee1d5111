"""Acts in words, for people who read the record."""

from __future__ import annotations

from qualcoder.core.messages import N_

ACT_LABELS = {
    "study.created": N_("created the study"),
    "study.policy_set": N_("set the rules of the study"),
    "study.renamed": N_("renamed the study"),
    "identity.created": N_("opened the identity vault for writing"),
    "member.role_set": N_("gave somebody a role"),
    "member.ended": N_("removed somebody from the study"),
    "member.restored": N_("brought somebody back"),
    "person.invited": N_("invited somebody"),
    "races.imported": N_("imported races"),
    "candidates.imported": N_("imported candidates"),
    "codebook.imported": N_("imported a codebook"),
    "code.added": N_("added a code"),
    "code.retired": N_("took a code out of use"),
    "code.restored": N_("brought a code back"),
    "interview.created": N_("recorded the interview"),
    "interview.opened": N_("opened the page of the interview"),
    "interview.linked": N_("changed the links to races"),
    "consent.given": N_("recorded a consent"),
    "transcript.received": N_("added the transcript"),
    "transcript.speakers_confirmed": N_("said who speaks"),
    "original.opened": N_("opened the original text"),
    "finding.accept": N_("accepted a finding"),
    "finding.keep": N_("kept words of a finding"),
    "finding.undecided": N_("took a decision back"),
    "finding.marked": N_("marked words that the search missed"),
    "findings.accepted_all": N_("accepted all findings"),
    "review.first_done": N_("finished the first reading"),
    "transcript.published": N_("released the transcript"),
    "transcript.assigned": N_("assigned coders"),
    "transcript.unassigned": N_("took coders off"),
    "transcript.opened": N_("opened the released text"),
    "coding.added": N_("coded a passage"),
    "coding.removed": N_("took a code off a passage"),
    "coding.restored": N_("brought a coding back"),
    "memo.added": N_("wrote a memo"),
    "matrix.cell_opened": N_("opened passages behind a figure"),
    "search.done": N_("searched the study"),
    "export.asked": N_("asked for an export"),
    "export.made": N_("made an export file"),
    "export.downloaded": N_("downloaded an export"),
    "job.cancelled": N_("stopped background work"),
    "job.retried": N_("began background work again"),
    "token.created": N_("made a token for scripts"),
    "token.revoked": N_("revoked a token"),
}
# That somebody looked at something; who may not see the whole record does not see who looked.
LOOKING = frozenset({"interview.opened", "original.opened", "transcript.opened", "matrix.cell_opened", "search.done"})
