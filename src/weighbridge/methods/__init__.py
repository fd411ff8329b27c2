"""Matrix and weights become a ranking: scaling, TOPSIS, PROMETHEE, additive methods, the pymcdm adaptor."""
