"""How streams of exec, attach and port-forward travel: channels of a WebSocket, or SPDY. No program is known here."""
