// Why a request to the API failed, where the API itself does not say it.

export const DEVICE_OFFLINE = "this device is offline";
export const NO_ANSWER = "the server does not answer";
export const unreadableAnswer = (status: number) =>
  `the server answered with status ${status}, and nothing that can be read`;
