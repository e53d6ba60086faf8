"""What the registry keeps: imports, their parts, and the insured units of each version.

An import is a version: its rows carry its id and count from the moment it is DONE. The latest DONE employers
import is the registry of today; older ones stay as the screenings saw them. Monthly contributions lie in the
blob store only (24 rows a unit), one Parquet part for each partition of unit numbers.
"""

from services.subsidy.registry.store.accounts import account_changes as account_changes
from services.subsidy.registry.store.accounts import add_account_change as add_account_change
from services.subsidy.registry.store.accounts import apply_account_changes as apply_account_changes
from services.subsidy.registry.store.accounts import get_change_in_force as get_change_in_force
from services.subsidy.registry.store.accounts import get_last_change as get_last_change
from services.subsidy.registry.store.files import add_import as add_import
from services.subsidy.registry.store.files import current_employers as current_employers
from services.subsidy.registry.store.files import get_import as get_import
from services.subsidy.registry.store.files import get_same_import as get_same_import
from services.subsidy.registry.store.files import imports as imports
from services.subsidy.registry.store.files import list_done as list_done
from services.subsidy.registry.store.files import list_imports as list_imports
from services.subsidy.registry.store.files import save_import as save_import
from services.subsidy.registry.store.insured_units import get_unit as get_unit
from services.subsidy.registry.store.insured_units import get_units as get_units
from services.subsidy.registry.store.insured_units import hold_unit as hold_unit
from services.subsidy.registry.store.insured_units import list_units as list_units
from services.subsidy.registry.store.insured_units import units as units
from services.subsidy.registry.store.lists import list_entries as list_entries
from services.subsidy.registry.store.parts import add_part as add_part
from services.subsidy.registry.store.parts import add_rows as add_rows
from services.subsidy.registry.store.parts import import_parts as import_parts
from services.subsidy.registry.store.parts import list_parts as list_parts
from services.subsidy.registry.store.previews import add_preview as add_preview
from services.subsidy.registry.store.previews import forget_preview as forget_preview
from services.subsidy.registry.store.previews import get_earlier_mapping as get_earlier_mapping
from services.subsidy.registry.store.previews import get_preview as get_preview
from services.subsidy.registry.store.previews import import_previews as import_previews
