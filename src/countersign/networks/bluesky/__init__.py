"""Bluesky and every other server of the AT Protocol.

An account lives in a repository at a personal data server (PDS); its lasting name is a DID, and the DID's document says
which PDS that is. What readers see, threads and notifications are put together elsewhere, by an AppView, and we ask for
them through the PDS. So what the PDS says about our own records is exact, and what the AppView says is a little late.
"""
