int digital_root(long number)
{
    return (int)number;
}
