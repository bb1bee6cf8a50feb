import { type NextRequest, NextResponse } from 'next/server';
import { askedPathHeader } from './trpc/asked-path';

/** Layouts do not know which URL was asked for; signing in must return there. */
export function proxy(request: NextRequest) {
  const headers = new Headers(request.headers);
  headers.set(askedPathHeader, `${request.nextUrl.pathname}${request.nextUrl.search}`);
  return NextResponse.next({ request: { headers } });
}

export const config = { matcher: '/((?!_next/|icon).*)' };
