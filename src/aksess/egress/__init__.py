"""The address the internet sees this shell come from: asked of several observers who must agree."""
