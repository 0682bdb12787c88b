"""How satisfied citizens are, without claiming more than their answers say. Pure: counts go in, figures come out.

    tallies      counts of a counter, clerk, service or channel: asked, rated, satisfied
    intervals    Wilson's interval of a share
    shown        what may be said of a share: the target met or not, whether it is claimed at all, its text

It knows no branch, no log and no clock; who cuts the ratings by counter or by day gives it the tallies.
"""
