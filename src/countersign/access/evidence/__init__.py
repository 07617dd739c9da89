"""A1, *Turn on two-factor authentication*, at the network: dated evidence that it is on, and publishing that stops without it."""
