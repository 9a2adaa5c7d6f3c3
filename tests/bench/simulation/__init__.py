"""What the ways of asking give, on simulated models.

The models know nothing of ours, nor we of them: they draw distinct values with favourites, obey
exclusions more or less, say what a pattern lets them, and have bad habits.

``values``    distinct values of many scripts
``models``    what simulated models say
``course``    an operation on one of them, and the plain loop beside it
``dirty``     models with bad habits, named and by chance, and what they cost
``clean``     models with favourites and no bad habits
``__main__``  prints both tables
"""
