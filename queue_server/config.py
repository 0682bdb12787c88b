"""TOML to configuration, with the place and mend of each mistake."""
