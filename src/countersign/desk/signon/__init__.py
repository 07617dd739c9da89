"""Access for each individual (A2), also by the company's own sign-on: OpenID Connect with any provider, for everyone.

A provider says who somebody is. What they may do is decided here: by roles given here, or by groups that officers mapped.
It stands on the desk because it joins people (links, sessions), grants (groups, roles) and the broker's calls.
"""
