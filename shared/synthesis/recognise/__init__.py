"""What in a database is about people: in columns, in texts, in documents. Pure.

================ ==================================================================
``scanning``     columns: what they hold, how sure that is, and why
``naming``       what the name of a column says
``vocabulary``   what columns and tables of people are called, in many languages
``words``        the words that an identifier is made of
``profiles``     what the values of a column are like, counted
``evidence``     why something was found, in words and counts
``values``       what a single value is
``numbers``      numbers that states and banks give to people, and their checks
``dictionaries`` names, cities, jobs and common words
``addresses``    what streets with numbers look like
``asking``       what the user's own model is asked, and what of its answers counts
``texts``        texts: where in them something personal stands
``plainness``    texts of which a glance tells that nothing is in them
``tokens``       the words of a text
``hints``        which patterns are worth a look in it
``people``       who is named in it
``figures``      addresses, numbers and amounts in it
``rows``         values of a row's other columns in it
``known``        values of the whole database in it, kept as hashes
``spans``        the places found, and a text without what stands there
``scrubbing``    whole values without what is personal: texts, documents, arrays
``leaves``       one leaf of a document
``documents``    JSON
``markup``       XML and HTML
``arrays``       arrays in PostgreSQL's text form
================ ==================================================================
"""
