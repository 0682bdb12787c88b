"""Put bare devices on the network."""
