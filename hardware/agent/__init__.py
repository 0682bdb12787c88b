"""Put bare devices on the network: call keypads, rating keypads and LED counter displays become functions of a key.

`flow` decides (pure), `presses` keeps ratings while the server is gone, `settings` reads `agent.toml`, `program` is the
loop around them.
"""
