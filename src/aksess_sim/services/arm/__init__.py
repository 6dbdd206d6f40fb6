"""management.azure.com: one file per resource provider or concern; `app.py` joins them, `routing.py` finds the way."""
