"""How satisfied citizens are, without claiming more than their answers say. Pure: counts go in, figures come out.

    tallies      counts of a counter, clerk, service or channel: asked, rated, satisfied
    intervals    Wilson's interval of a share
    shown        what may be said of a share: the target met or not, whether it is claimed at all, its text
    shrinkage    shares drawn to the branch's mean, the more the fewer answers they have
    mix          the share to be expected of a counter's own mix of services
    funnel       limits that chance alone would keep, and who lies outside
    ranking      groups that can be told apart, in place of ranks
    cusum        charts that watch counters for answers which no citizen gave
    exact        the binomial and beta probabilities that these need
    alerts       alarms while too many answers of a short time are unsatisfied
    inquiries    what becomes of a low rating: owner, statement, answer, appeal
    evaluation   the sum of a form's indicators and its class

It knows no branch, no log and no clock; who cuts the ratings by counter or by day gives it the tallies.
"""
