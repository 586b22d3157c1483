/** Usual posts have 510 to 770 KB; four pictures of a 4K camera stay below this, too. */
export const MAX_BODY = 16 * 1024 * 1024;

/** Where firmware posts to that lets its user enter an address and a port, but no path. */
export const legacyPaths = [
  "/SendKeepalive",
  "/SendAlarmStatus",
  "/SendAlarmData",
  "/SubscribeTimeOut",
] as const;
