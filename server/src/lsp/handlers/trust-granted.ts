import type { NotificationHandler } from '../handler.ts';

export const trustGranted: NotificationHandler<'rationale/trustGranted'> = (_params, session) =>
  session.trustGranted();
