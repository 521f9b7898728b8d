import { SETTINGS_SECTION } from '../../protocol/settings.ts';
import type { NotificationHandler } from '../handler.ts';

export const didChangeConfiguration: NotificationHandler<'workspace/didChangeConfiguration'> = (
  { settings },
  session,
) => session.configurationChanged(settings?.[SETTINGS_SECTION]);
