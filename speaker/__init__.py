"""The agent on a loudspeaker: verified plan, timeline, media library, player, receipts."""
