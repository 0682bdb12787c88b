"""The hall for other systems: a small JSON API, and webhooks for calls and ends.

A program of its own, with a key of role `system`: it watches what boards and kiosks show, may take, find and cancel a
ticket whose secret it knows, and reads the log to tell of calls and ends. It cannot know who anybody is.
"""
