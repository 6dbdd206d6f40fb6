"""What was opened, for whom, until when, and how it is closed again: the lease loop and its ledgers."""
