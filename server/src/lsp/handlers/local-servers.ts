import { findLocalServers } from '../../inference/index.ts';
import type { RequestHandler } from '../handler.ts';

export const localServers: RequestHandler<'rationale/localServers'> = async (_params, session) => ({
  servers: session.isTrusted ? await findLocalServers() : [],
});
