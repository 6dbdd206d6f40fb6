"""A Bastion host's public side: sessions for tokens of Azure, and the websocket that leads to a cluster."""
