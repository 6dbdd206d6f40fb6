"""Ratios against what people use today, in one run on one machine; medians, because noise is normal.

Azure is simulated here (`aksess_sim`), the programs are real: az, kubectl, the article's script, aksess. Nothing
in this folder decides whether a test passes.
"""
