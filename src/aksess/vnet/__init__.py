"""The third way: a network that Cloud Shell itself stands in, planned, applied, proven and removed.

`survey.py` (what is there) and a person's `Wishes` go into `design.py`, a `Plan` comes out; `compare.py` lays it beside
what already stands. All of that is pure. What changes anything is `apply.py` and `remove.py`; `chain.py` judges the
result. ARM's own words (types, versions, bodies) are in `azure/`.
"""
