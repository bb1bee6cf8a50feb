/** What somebody wrote, in quotes. Set apart, so that its direction of writing turns nothing around it. */
export function Quote({ children }: { children: string }) {
  return (
    <>
      “<bdi>{children}</bdi>”
    </>
  );
}
