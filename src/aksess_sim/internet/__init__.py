"""Who can reach what: names, certificates, egress addresses and the proxy every simulated shell stands behind."""
