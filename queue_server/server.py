"""The loop: ROUTER for commands, XPUB for views, ZAP."""
