"""All tables of the product, imported together: for migrations, tests and the composition root."""

from __future__ import annotations

from sqlalchemy import MetaData

from qualcoder.accounts import models as accounts
from qualcoder.anonymise import models as anonymise
from qualcoder.audit import models as audit
from qualcoder.codebooks import models as codebooks
from qualcoder.coding import models as coding
from qualcoder.core import models as core
from qualcoder.core.tables import KeysTable, Table
from qualcoder.custody import models as custody
from qualcoder.interviews import models as interviews
from qualcoder.matrices import models as matrices
from qualcoder.races import models as races
from qualcoder.transcripts import flag_models as flags
from qualcoder.transcripts import models as transcripts
from qualcoder.vault import models as vault

_BEFORE_TEXTS = (core, vault, audit, accounts, anonymise, races, interviews)
MODELS = (*_BEFORE_TEXTS, transcripts, flags, codebooks, coding, matrices, custody)

DATA: MetaData = Table.metadata
KEYS: MetaData = KeysTable.metadata
