"""The pages of the branch: the counter console, and what technicians, managers and inspectors see.

The web program is one more terminal of the queue server: it watches views and asks commands over `protocol.link`, with
one device key of kind `staff`, and adds to each command who asks. It keeps two things of its own, both in its state
folder: the accounts of people and their signed-in sessions (`accounts.db`).

    store, changes, accounts, second_factors, sessions     who there is, who is signed in, and what was changed
    signed_in, tries                        the same at this browser; how often somebody may try
    hall                                    the link, shared by all pages: what is true now, and who wants to know
    live                                    one stream of server-sent events per open page
    doors                                   which staff role may open which page; a table
    guard                                   what is checked before each request and added to each answer
    console_page, hall_page, devices_page   views -> what a page says; pure
    entry, own_account, counter, overview, devices, people, reports     the routes
    app, program                            the Flask application, and the process around it

Pages are made on the server, in whole or region by region; the scripts in `static/` only place regions, run clocks,
hear keys and send forms, and need no build.
"""
