"""The only folder that reads argv, prints, prompts or exits. One command per file; `app.py` only registers them."""
