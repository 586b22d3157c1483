/** Where one channel's PTZ is controlled: lens drives that are no part of PTZ lie elsewhere. */
export interface PtzPaths {
  control: string;
  focus: string;
  iris: string;
}

/** A camera's own PTZ, then the one of a camera behind a recorder. Source: ISAPI guide, PTZ service; recorders' proxy. */
export function ptzPaths(channel: string): PtzPaths[] {
  const input = `/ISAPI/System/Video/inputs/channels/${channel}`;
  const proxied = `/ISAPI/ContentMgmt/InputProxy/channels/${channel}/video`;
  return [
    { control: `/ISAPI/PTZCtrl/channels/${channel}`, focus: `${input}/focus`, iris: `${input}/iris` },
    {
      control: `/ISAPI/ContentMgmt/PTZCtrlProxy/channels/${channel}`,
      focus: `${proxied}/focus`,
      iris: `${proxied}/iris`,
    },
  ];
}
