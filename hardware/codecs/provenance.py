"""Where a device's file has its facts from. Pure."""

from typing import Literal

Status = Literal["verified", "published", "own", "experimental"]
"""What a file of a device may say of itself:

``verified``      tried with such a device by whoever wrote the file; no file that comes with Motcua can say so
``published``     others have published its frames or registers, and ``source`` says where; none has stood on our table
``own``           our own design, known nowhere else; what speaks for it are our own tests
``experimental``  part of it is a guess, and its comments say which
"""
