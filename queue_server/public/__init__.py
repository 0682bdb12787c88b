"""The pages for citizens: my ticket on the phone, the catalogue, waiting times, the hall board for a television.

A program of its own, with a key of role `public`: it knows no account, no cookie and no name of a person. What it may
see and ask is what that role may (`protocol.roles`); what concerns a ticket is proved by the ticket's secret each time.

    program.py   the process: link, boards, web server        tickets.py      the visit behind a link, and its limits
    app.py       the Flask application, its headers           ticket_page.py  what a phone shows of a visit (pure)
    boards.py    turns for televisions        televisions.py  their routes; spoken.py: the sound of a call
    shared.py    parts, words and files of the pages          phone.py        the routes of a ticket
"""
