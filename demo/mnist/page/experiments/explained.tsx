import { Term } from '../glossary/term.tsx';
import { piecesOf } from './marked-text.ts';

/** A text in which words of the glossary are marked: '[loss]', or '[batch|batches]' where the text has another form. */
export const Explained = ({ text }: { readonly text: string }) => (
  <>
    {piecesOf(text).map(({ text, of, isRaised }, at) => {
      if (isRaised) return <sup key={at}>{text}</sup>;
      if (!of) return text;
      return (
        <Term key={at} of={of}>
          {text}
        </Term>
      );
    })}
  </>
);
