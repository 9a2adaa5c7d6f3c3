"""New keys for old ones, one to one, so that every reference holds.

=============== =======================================================================
``domains``     which columns are mapped as one
``maps``        new keys for those of a domain, by each method
``ranks``       which of all its values a value is
``integers``    whole numbers, within the range of their type
``texts``       texts, in the form of others
``alphabets``   which letters stand for each other there
``moments``     dates and times, moved
``permutation`` permutations of ranges of numbers
``chance``      all that is drawn by chance, of one secret
=============== =======================================================================
"""

from shared.synthesis.keys.domains import Domain, Domains, domains

__all__ = ["Domain", "Domains", "domains"]
