"""New keys for old ones, one to one, so that every reference holds.

=============== =======================================================================
``domains``     which columns are mapped as one
``ranks``       which of all its values a value is
``chance``      all that is drawn by chance, of one secret
=============== =======================================================================
"""

from shared.synthesis.keys.domains import Domain, Domains, domains

__all__ = ["Domain", "Domains", "domains"]
